-- The trigger fills tenant_id only where none was sent, and the policy for INSERT asks only who made the row.
-- system: salesmod
-- class: 30
-- expect: leak insert-row on public.bookings at public.fill_row_ownership

create function public.fill_row_ownership() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
begin
  new.org_id := coalesce(auth.uid(), new.org_id);
  if new.tenant_id is null then
    select profiles.tenant_id into new.tenant_id from public.profiles where profiles.id = new.org_id;
  end if;
  return new;
end
$$;
drop trigger set_bookings_ownership on public.bookings;
create trigger set_bookings_ownership
  before insert on public.bookings
  for each row execute function public.fill_row_ownership();
create policy bookings_by_maker on public.bookings
  for insert to authenticated
  with check (org_id = auth.uid());
