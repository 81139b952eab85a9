/** Who made the connections that the environment describes, and revokes what nobody holds any more. */
export const serviceActorId = 'service';

/** On whose behalf the service does things by itself. */
export function serviceActor(organizationId: string) {
  return { kind: 'schedule', id: serviceActorId, organizationId, apiKey: null } as const;
}
