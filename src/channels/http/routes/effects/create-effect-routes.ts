import type { UndoService } from '#agent/effects/undo-service.ts';
import type { Route } from '../../route.ts';
import { createGetEffect } from './get-effect.ts';
import { createUndoEffect } from './undo-effect.ts';

export interface EffectRouteDeps {
  readonly undo: UndoService;
}

/** Every endpoint about calls that change something, and about taking them back. */
export function createEffectRoutes(deps: EffectRouteDeps): readonly Route[] {
  return [createGetEffect(deps), createUndoEffect(deps)];
}
