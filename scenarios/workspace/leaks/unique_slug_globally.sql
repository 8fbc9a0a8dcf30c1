-- A slug is unique in the whole product: who tries one learns whether another workspace has it.
-- system: workspace
-- class: 71
-- expect: leak unique-key on public.landing_pages at landing_pages_slug_key

alter table public.landing_pages add constraint landing_pages_slug_key unique (slug);
