/** What people look for integrations by. */
export const integrationCategories = ['databases', 'communication', 'automation'] as const;
export type IntegrationCategory = (typeof integrationCategories)[number];
