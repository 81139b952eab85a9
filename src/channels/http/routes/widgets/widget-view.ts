import type { z } from 'zod';
import type { WidgetEntry } from '#channels/widget/widget-service.ts';
import type { WidgetView, widgetKeyView } from '../../contract/widgets.ts';

export interface WidgetKeyRow {
  readonly id: string;
  readonly algorithm: 'HS256' | 'EdDSA';
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}

export function presentWidget({ widget, keys, problems, tag }: WidgetEntry): WidgetView {
  const { id, name, personaId, isOn, origins, identifiedOnly, attachments, appearance, limits, revision } = widget;
  return {
    id,
    name,
    personaId,
    isOn,
    origins: [...origins],
    identifiedOnly,
    attachments,
    appearance,
    limits,
    revision,
    tag,
    problems: [...problems],
    keys: keys.map(presentWidgetKey),
    createdAt: widget.createdAt.toISOString(),
    updatedAt: widget.updatedAt.toISOString(),
  };
}

export function presentWidgetKey({
  id,
  algorithm,
  createdAt,
  lastUsedAt,
}: WidgetKeyRow): z.output<typeof widgetKeyView> {
  return { id, algorithm, createdAt: createdAt.toISOString(), lastUsedAt: lastUsedAt?.toISOString() ?? null };
}
