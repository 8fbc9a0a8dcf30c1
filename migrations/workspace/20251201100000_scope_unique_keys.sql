-- Mends the keys that are unique in the whole product: a taken one would tell that another workspace has it.
-- Public pages are found by their workspace's host name and then by their slug, forms by page and key.

alter table public.landing_pages drop constraint landing_pages_slug_key;
alter table public.landing_pages add constraint landing_pages_workspace_id_slug_key unique (workspace_id, slug);
alter table public.forms drop constraint forms_public_key_key;
alter table public.forms add constraint forms_workspace_id_public_key_key unique (workspace_id, public_key);
alter table public.quotes drop constraint quotes_number_key;
alter table public.quotes add constraint quotes_workspace_id_number_key unique (workspace_id, number);
alter table public.channel_accounts drop constraint channel_accounts_external_id_key;
alter table public.channel_accounts add constraint channel_accounts_workspace_id_external_id_key unique (workspace_id, external_id);
