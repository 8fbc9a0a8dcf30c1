-- A user could choose its tenant by updating its own profile, and colleagues could read each other's access tokens.

-- The profile decides which rows a user sees, so only the backend may write what decides it.
revoke insert, update, delete on public.profiles from anon, authenticated;
grant update (full_name, company_name, phone, timezone, preferences, onboarded_at) on public.profiles to authenticated;

-- A token belongs to a person and says so by a column of its own: org_id only tells who made a row.
alter table public.oauth_tokens add column user_id uuid default auth.uid() references public.profiles (id) on delete cascade;
update public.oauth_tokens set user_id = org_id where user_id is null;
alter table public.oauth_tokens alter column user_id set not null;
create index idx_oauth_tokens_user_id on public.oauth_tokens (user_id);
alter table public.oauth_tokens drop constraint oauth_tokens_tenant_id_org_id_provider_account_email_key;
alter table public.oauth_tokens add constraint oauth_tokens_tenant_id_user_id_provider_account_email_key
  unique (tenant_id, user_id, provider, account_email);
alter policy oauth_tokens_tenant_isolation on public.oauth_tokens
  using (
    user_id = auth.uid()
    and tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid())
  );
