-- Recommendation 3, as it was written and deployed: row security and the template of four policies on all workspace-scoped
-- tables. What stood there before stays, and permissive policies are ORed.

DO $$
DECLARE
  scoped record;
BEGIN
  FOR scoped IN
    SELECT tables.table_name
    FROM information_schema.columns
    JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND column_name = 'workspace_id' AND table_type = 'BASE TABLE'
    ORDER BY table_name
  LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', scoped.table_name);

    EXECUTE format(
      'CREATE POLICY "workspace_select" ON public.%I FOR SELECT USING (user_has_workspace_access(workspace_id))',
      scoped.table_name
    );
    EXECUTE format(
      'CREATE POLICY "workspace_insert" ON public.%I FOR INSERT WITH CHECK (user_has_workspace_access(workspace_id))',
      scoped.table_name
    );
    EXECUTE format(
      'CREATE POLICY "workspace_update" ON public.%I FOR UPDATE USING (user_has_workspace_access(workspace_id))',
      scoped.table_name
    );
    EXECUTE format(
      'CREATE POLICY "workspace_delete" ON public.%I FOR DELETE USING (user_has_workspace_access(workspace_id))',
      scoped.table_name
    );
  END LOOP;
END
$$;
