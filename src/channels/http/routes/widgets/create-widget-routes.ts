import type { WidgetService } from '#channels/widget/widget-service.ts';
import type { Route } from '../../route.ts';
import { createChangeWidget } from './change-widget.ts';
import { createCreateWidget } from './create-widget.ts';
import { createCreateWidgetKey } from './create-widget-key.ts';
import { createDeleteWidget } from './delete-widget.ts';
import { createGetWidget } from './get-widget.ts';
import { createGetWidgetUsage } from './get-widget-usage.ts';
import { createListWidgets } from './list-widgets.ts';
import { createRevokeWidgetKey } from './revoke-widget-key.ts';

export interface WidgetRouteDeps {
  readonly widgets: WidgetService;
}

/** Every endpoint of the widgets’ pages in the console. */
export function createWidgetRoutes(deps: WidgetRouteDeps): readonly Route[] {
  return [
    createListWidgets(deps),
    createCreateWidget(deps),
    createGetWidget(deps),
    createChangeWidget(deps),
    createDeleteWidget(deps),
    createCreateWidgetKey(deps),
    createRevokeWidgetKey(deps),
    createGetWidgetUsage(deps),
  ];
}
