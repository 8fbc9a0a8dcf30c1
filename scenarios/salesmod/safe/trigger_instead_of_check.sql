-- The policy for INSERT leaves the check to the trigger, which sets org_id whatever was sent.
-- system: salesmod
-- class: 30
-- through: 20251116000002
-- expect: clean

create function public.set_org_id_of_caller() returns trigger
  language plpgsql
  set search_path = ''
as $$
begin
  if tg_op = 'INSERT' then
    new.org_id := auth.uid();
  elsif new.org_id is distinct from old.org_id then
    raise exception 'org_id of % cannot be changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
revoke execute on function public.set_org_id_of_caller() from public, anon, authenticated;

drop trigger trigger_set_webinars_org_id on public.webinars;
create trigger trigger_set_webinars_org_id
  before insert or update on public.webinars
  for each row execute function public.set_org_id_of_caller();

drop policy "Users can create own webinars" on public.webinars;
alter policy webinars_org_insert on public.webinars with check (true);
