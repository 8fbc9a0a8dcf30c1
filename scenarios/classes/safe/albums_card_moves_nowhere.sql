-- A card joins an album with its label, and its trigger writes with its owner's rights all that the card says but the label.
-- system: none
-- class: 31, 45
-- expect: clean

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'record_app') then
    create role record_app login;
  end if;
end
$$;

create table public.labels (
  code text primary key check (code <> ''),
  title text not null
);

create table public.albums (
  id uuid primary key default gen_random_uuid(),
  label text not null references public.labels (code),
  title text not null,
  notes text
);

alter table public.labels enable row level security;
alter table public.albums enable row level security;

create policy labels_own on public.labels
  for select to record_app using (code = nullif(current_setting('records.label', true), ''));
create policy albums_own on public.albums
  for select to record_app using (label = nullif(current_setting('records.label', true), ''));

create view public.album_cards
  with (security_invoker = true) as
  select albums.id as album_id, albums.label as published_by, labels.title as label_title, albums.title, albums.notes
  from public.albums
  join public.labels on labels.code = albums.label;

create function public.rewrite_album() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update public.albums
  set title = new.title, notes = new.notes
  where albums.id = old.album_id;
  return new;
end
$$;

create trigger rewrite_album instead of update on public.album_cards
  for each row execute function public.rewrite_album();

grant select on public.labels, public.albums to record_app;
grant select, update on public.album_cards to record_app;
