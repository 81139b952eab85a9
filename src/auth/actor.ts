/** On whose behalf something happens. Every stored row and every call carries one. */
export interface Actor {
  readonly kind: 'user' | 'visitor' | 'schedule' | 'key';
  readonly id: string;
  readonly name: string;
  readonly organizationId: string;
}
