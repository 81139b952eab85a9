import { deepestInput, isWithin } from '#agent/compose-prompt.ts';
import type { XRay } from '#agent/x-ray.ts';
import { AppError } from '#errors';
import type { PersonaDirectory } from '#personas/persona-directory.ts';
import { idPath } from '../../contract/common.ts';
import { xRayCheckRequest, xRayCheckView } from '../../contract/personas.ts';
import { defineRoute, type Route } from '../../route.ts';
import { requireEntry } from './get-persona.ts';
import { onBehalfOf } from './on-behalf-of.ts';

interface Deps {
  readonly directory: Pick<PersonaDirectory, 'entry'>;
  readonly xRay: Pick<XRay, 'checkCall'>;
}

/** POST /api/v1/personas/:id/x-ray/checks */
export function createCheckCall({ directory, xRay }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/personas/:id/x-ray/checks',
    tag: 'Personas',
    summary: 'Would this call be allowed, and by which rule not; the call is not made',
    access: 'personas:read',
    params: idPath,
    body: xRayCheckRequest,
    answer: xRayCheckView,
    async handle({ actor, params, body }) {
      if (!isWithin(deepestInput, body.arguments)) {
        throw new AppError('INPUT_INVALID', 'arguments: nested too deep. No tool takes more than a few levels.');
      }
      const { persona, archived } = await requireEntry(directory, actor.organizationId, params.id);
      const { as, ...call } = body;
      const subject = { persona, archived, actor: onBehalfOf(actor, as) };
      const { verdict, rule, gates, steps } = await xRay.checkCall({ ...subject, ...call });
      return { verdict, rule, gates: [...gates], steps: steps.map((step) => ({ ...step })) };
    },
  });
}
