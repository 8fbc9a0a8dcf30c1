-- org_id is deprecated: it only tells who made a row, no policy reads it, and a colleague who leaves takes no rows along.
-- Until now the end of a profile deleted every row that its user had made, the company's rows among them.

do $$
declare
  scoped text;
begin
  for scoped in
    select columns.table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
    order by 1
  loop
    execute format('alter table public.%I alter column org_id drop not null', scoped);
    execute format('alter table public.%I drop constraint %I', scoped, scoped || '_org_id_fkey');
    execute format(
      'alter table public.%I add constraint %I foreign key (org_id) references public.profiles (id) on delete set null',
      scoped, scoped || '_org_id_fkey'
    );
    execute format(
      'comment on column public.%I.org_id is %L', scoped, 'Deprecated: the user who made the row. tenant_id says whose the row is.'
    );
  end loop;
end
$$;

-- No reference points at these any more.
alter table public.clients drop constraint clients_org_id_id_key;
alter table public.properties drop constraint properties_org_id_id_key;
alter table public.orders drop constraint orders_org_id_id_key;
alter table public.kanban_boards drop constraint kanban_boards_org_id_id_key;
alter table public.kanban_columns drop constraint kanban_columns_org_id_id_key;
alter table public.production_templates drop constraint production_templates_org_id_id_key;
alter table public.production_template_tasks drop constraint production_template_tasks_org_id_id_key;
alter table public.production_cards drop constraint production_cards_org_id_id_key;
alter table public.production_resources drop constraint production_resources_org_id_id_key;
alter table public.production_tasks drop constraint production_tasks_org_id_id_key;
alter table public.jobs drop constraint jobs_org_id_id_key;
alter table public.job_tasks drop constraint job_tasks_org_id_id_key;
alter table public.agent_runs drop constraint agent_runs_org_id_id_key;
alter table public.campaigns drop constraint campaigns_org_id_id_key;
alter table public.webinars drop constraint webinars_org_id_id_key;
alter table public.products drop constraint products_org_id_id_key;
alter table public.invoices drop constraint invoices_org_id_id_key;
alter table public.field_service_requests drop constraint field_service_requests_org_id_id_key;
alter table public.deals drop constraint deals_org_id_id_key;
alter table public.contacts drop constraint contacts_org_id_id_key;
alter table public.email_campaigns drop constraint email_campaigns_org_id_id_key;
alter table public.email_templates drop constraint email_templates_org_id_id_key;
alter table public.marketing_audiences drop constraint marketing_audiences_org_id_id_key;
alter table public.marketing_campaigns drop constraint marketing_campaigns_org_id_id_key;
alter table public.marketing_content drop constraint marketing_content_org_id_id_key;
alter table public.marketing_newsletters drop constraint marketing_newsletters_org_id_id_key;
alter table public.gmail_sync_state drop constraint gmail_sync_state_org_id_id_key;
alter table public.chat_messages drop constraint chat_messages_org_id_id_key;
alter table public.bookings drop constraint bookings_org_id_id_key;
alter table public.bookable_resources drop constraint bookable_resources_org_id_id_key;
alter table public.service_territories drop constraint service_territories_org_id_id_key;
alter table public.service_types drop constraint service_types_org_id_id_key;
alter table public.equipment drop constraint equipment_org_id_id_key;
alter table public.webhooks drop constraint webhooks_org_id_id_key;
alter table public.api_keys drop constraint api_keys_org_id_id_key;
alter table public.dashboards drop constraint dashboards_org_id_id_key;
alter table public.saved_reports drop constraint saved_reports_org_id_id_key;
alter table public.import_jobs drop constraint import_jobs_org_id_id_key;

-- One trigger says whose a row is, where up to two did.
drop trigger trigger_set_contact_preferences_org_id on public.contact_preferences;
drop trigger trigger_set_content_schedule_org_id on public.content_schedule;
drop trigger trigger_set_email_campaigns_org_id on public.email_campaigns;
drop trigger trigger_set_email_sends_org_id on public.email_sends;
drop trigger trigger_set_email_templates_org_id on public.email_templates;
drop trigger trigger_set_lead_scores_org_id on public.lead_scores;
drop trigger trigger_set_marketing_audiences_org_id on public.marketing_audiences;
drop trigger trigger_set_marketing_campaigns_org_id on public.marketing_campaigns;
drop trigger trigger_set_marketing_content_org_id on public.marketing_content;
drop trigger trigger_set_marketing_newsletters_org_id on public.marketing_newsletters;
drop trigger trigger_set_newsletter_issues_org_id on public.newsletter_issues;
drop trigger trigger_set_webinar_registrations_org_id on public.webinar_registrations;
drop trigger trigger_set_webinars_org_id on public.webinars;
drop function public.set_org_id();

create function public.set_row_ownership() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  caller uuid := auth.uid();
begin
  if tg_op = 'INSERT' then
    if caller is not null then
      new.org_id := caller;
    end if;
    if caller is not null or new.tenant_id is null then
      select profiles.tenant_id into new.tenant_id from public.profiles where profiles.id = new.org_id;
    end if;
    return new;
  end if;
  if new.tenant_id is distinct from old.tenant_id then
    raise exception 'tenant_id of % cannot be changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  -- Only the end of a profile empties org_id, by its foreign key.
  if new.org_id is distinct from old.org_id
    and (new.org_id is not null or exists (select from public.profiles where profiles.id = old.org_id)) then
    raise exception 'org_id of % cannot be changed', tg_table_name using errcode = 'insufficient_privilege';
  end if;
  return new;
end
$$;
revoke execute on function public.set_row_ownership() from public, anon, authenticated;

do $$
declare
  scoped text;
begin
  for scoped in
    select columns.table_name
    from information_schema.columns
    join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and column_name = 'org_id' and table_type = 'BASE TABLE'
    order by 1
  loop
    execute format('drop trigger %I on public.%I', 'trigger_set_' || scoped || '_tenant_id', scoped);
    execute format(
      'create trigger %I before insert or update on public.%I for each row execute function public.set_row_ownership()',
      'set_' || scoped || '_ownership', scoped
    );
  end loop;
end
$$;
drop function public.set_tenant_id();
