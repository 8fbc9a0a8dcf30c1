-- A view that was replaced without its option runs as its owner again, whom no policy holds back.
-- system: salesmod
-- class: 44, 98
-- expect: leak read-by-view on public.order_pipeline at order_pipeline

alter view public.order_pipeline reset (security_invoker);
