-- The function runs as its owner, but refuses any organization and any user but the caller's own.
-- system: voxanne
-- class: 50
-- expect: clean

create or replace function public.create_notification(
  p_org_id uuid,
  p_user_id uuid,
  p_type public.notification_type,
  p_title text,
  p_message text,
  p_contact_id uuid default null,
  p_appointment_id uuid default null,
  p_action_url text default null,
  p_priority public.notification_priority default 'medium',
  p_channels jsonb default '["in_app"]'
) returns uuid
  language plpgsql security definer
  set search_path = ''
as $$
declare
  created uuid;
begin
  if p_org_id is distinct from public.auth_org_id() or p_user_id is distinct from auth.uid() then
    raise exception 'not your organization' using errcode = 'insufficient_privilege';
  end if;
  insert into public.notifications (
    org_id, user_id, type, title, message, contact_id, appointment_id, action_url, priority, channels
  )
  values (
    p_org_id, p_user_id, p_type, p_title, p_message, p_contact_id, p_appointment_id, p_action_url, p_priority, p_channels
  )
  returning id into created;
  return created;
end
$$;
