-- A trigger with its owner's rights counts a like on whichever photo the row names, and no key holds that photo to the gallery.
-- system: supabase
-- class: 54
-- expect: leak update-row on public.likes at count_like

create table public.galleries (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.photos (
  id uuid primary key default gen_random_uuid(),
  gallery_id uuid not null references public.galleries (id) on delete cascade,
  caption text not null,
  likes integer not null default 0
);

create table public.likes (
  id uuid primary key default gen_random_uuid(),
  gallery_id uuid not null references public.galleries (id) on delete cascade,
  photo_id uuid not null,
  remark text
);

create function public.caller_gallery() returns uuid
  language sql stable
  set search_path = ''
as $$
  select nullif(auth.jwt() -> 'app_metadata' ->> 'gallery_id', '')::uuid
$$;

create function public.count_like() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  update public.photos set likes = photos.likes + 1
  where photos.id = new.photo_id;
  return null;
end
$$;

create trigger count_like after insert on public.likes
  for each row execute function public.count_like();

alter table public.galleries enable row level security;
alter table public.photos enable row level security;
alter table public.likes enable row level security;

create policy galleries_own on public.galleries
  for select to authenticated using (id = (select public.caller_gallery()));
create policy photos_own on public.photos
  for select to authenticated using (gallery_id = (select public.caller_gallery()));
create policy likes_read on public.likes
  for select to authenticated using (gallery_id = (select public.caller_gallery()));
create policy likes_write on public.likes
  for insert to authenticated with check (gallery_id = (select public.caller_gallery()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
