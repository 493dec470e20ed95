// A dashboard as benchrig makes them, in Grafana's own types: what its published types leave open
// (options of a panel, queries) is closed here by those of the panel's kind and of the data source.
import type * as dashboard from '@grafana/schema/dist/types/raw/dashboard/x/types.gen';
import type * as heatmap from '@grafana/schema/dist/types/raw/composable/heatmap/panelcfg/x/types.gen';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/types.gen';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/types.gen';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/dist/prometheus/types.gen';

interface Query extends Omit<Dataquery, 'datasource' | '_implementsDataqueryVariant'> {
  datasource?: dashboard.DataSourceRef;
}

interface FieldConfig<Custom> extends Omit<dashboard.FieldConfig, 'custom'> {
  custom?: Custom;
}

interface Panel<Kind, Options, Custom>
  extends Omit<dashboard.Panel, 'type' | 'options' | 'fieldConfig' | 'targets'> {
  type: Kind;
  options: Options;
  fieldConfig: { defaults: FieldConfig<Custom>; overrides: never[] };
  targets: Query[];
}

type Panels =
  | Panel<'stat', stat.Options, never>
  | Panel<'timeseries', timeseries.Options, timeseries.FieldConfig>
  | Panel<'heatmap', heatmap.Options, heatmap.FieldConfig>;

// A query of the data source; AnnotationQuery knows only the target of Grafana's own notes. The two
// formats are what the Prometheus data source reads beside it.
interface QueryAnnotation extends Omit<dashboard.AnnotationQuery, 'target'> {
  target: Query;
  titleFormat: string;
  textFormat: string;
}

export interface Dashboard extends Omit<dashboard.Dashboard, 'annotations' | 'panels'> {
  annotations: { list: (dashboard.AnnotationQuery | QueryAnnotation)[] };
  panels: Panels[];
}
