-- A trigger with its owner's rights counts likes on photos that their galleries published: everybody may see them, and like them.
-- system: supabase
-- class: 54
-- expect: clean

create table public.galleries (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

create table public.photos (
  id uuid primary key default gen_random_uuid(),
  gallery_id uuid not null references public.galleries (id) on delete cascade,
  caption text not null,
  published boolean not null default false,
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
  where photos.id = new.photo_id and photos.published;
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
create policy photos_published on public.photos
  for select to anon, authenticated using (published);
create policy likes_read on public.likes
  for select to authenticated using (gallery_id = (select public.caller_gallery()));
create policy likes_write on public.likes
  for insert to authenticated with check (gallery_id = (select public.caller_gallery()));

revoke truncate, references, trigger on all tables in schema public from anon, authenticated;
