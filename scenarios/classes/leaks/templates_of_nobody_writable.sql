-- Templates without a tenant are everybody's, and everybody may change them: what one tenant writes there, all use.
-- system: none
-- class: 12
-- expect: leak update-row on public.mail_templates at mail_templates_own

do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'mailer_app') then
    create role mailer_app login;
  end if;
end
$$;

create table public.senders (
  id uuid primary key default gen_random_uuid(),
  domain text not null
);

create table public.mail_templates (
  id uuid primary key default gen_random_uuid(),
  sender_id uuid references public.senders (id),
  subject text not null,
  html text not null
);

create function public.sender() returns uuid
  language sql stable
as $$
  select nullif(current_setting('mail.sender', true), '')::uuid
$$;

alter table public.senders enable row level security;
alter table public.mail_templates enable row level security;

create policy senders_own on public.senders
  for select using (id = public.sender());

create policy mail_templates_own on public.mail_templates
  using (sender_id is null or sender_id = public.sender())
  with check (sender_id is null or sender_id = public.sender());

grant select on public.senders to mailer_app;
grant select, insert, update, delete on public.mail_templates to mailer_app;
