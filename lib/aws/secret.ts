/**
 * Secrets, read when they are needed and kept nowhere.
 */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { explained } from './errors.ts';
import { TIMEOUTS } from './timeouts.ts';

/** The text of a secret, by name or ARN; throws with what to do when it cannot be had. */
export async function readSecret(
  secret: string,
  client: SecretsManagerClient = new SecretsManagerClient({ requestHandler: TIMEOUTS }),
): Promise<string> {
  const text = await client.send(new GetSecretValueCommand({ SecretId: secret })).then(
    ({ SecretString }) => SecretString?.trim(),
    (error) => {
      const permission = 'secretsmanager:GetSecretValue';
      throw explained(error, { do: `read the secret ${secret}`, permission, resource: secret });
    },
  );
  if (!text) throw new Error(`the secret ${secret} is empty, expected a text; store one`);
  return text;
}
