-- Policies by tenant for campaigns, webinars, finance and the rest. The legacy ones go in the next step.

create policy campaigns_tenant_isolation on public.campaigns for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy webinars_tenant_isolation on public.webinars for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy webinar_registrations_tenant_isolation on public.webinar_registrations for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy products_tenant_isolation on public.products for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy invoices_tenant_isolation on public.invoices for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy invoice_line_items_tenant_isolation on public.invoice_line_items for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy goals_tenant_isolation on public.goals for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy oauth_tokens_tenant_isolation on public.oauth_tokens for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
create policy field_service_requests_tenant_isolation on public.field_service_requests for all to authenticated
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));

-- Lines and invoices meet by tenant: a colleague may add a line to an invoice that it did not make.
create or replace function public.recalculate_invoice() returns trigger
  language plpgsql security definer
  set search_path = ''
as $$
declare
  line record := coalesce(new, old);
begin
  update public.invoices
  set subtotal_cents = coalesce(
    (
      select sum(lines.amount_cents)
      from public.invoice_line_items as lines
      where lines.tenant_id = line.tenant_id and lines.invoice_id = line.invoice_id
    ), 0)
  where invoices.tenant_id = line.tenant_id and invoices.id = line.invoice_id;
  return null;
end
$$;
