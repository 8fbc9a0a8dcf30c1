-- The policy by tenant shows a person's access tokens to every colleague.
-- system: salesmod
-- expect: leak read-row on public.oauth_tokens at oauth_tokens_tenant_isolation
-- expect: leak insert-row on public.oauth_tokens at public.set_row_ownership
-- note: Read by colleagues, inside one tenant; and nobody asks any more for whom a token is stored.

alter policy oauth_tokens_tenant_isolation on public.oauth_tokens
  using (tenant_id in (select profiles.tenant_id from public.profiles where profiles.id = auth.uid()));
