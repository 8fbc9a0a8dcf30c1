-- A later migration grants UPDATE of the whole profile again, and with it the choice of the tenant.
-- system: salesmod
-- class: 38
-- expect: leak reassign-row on public.profiles at profiles_update_own

grant update on public.profiles to authenticated;
