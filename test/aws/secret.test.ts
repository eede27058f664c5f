import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { readSecret } from '../../lib/aws/secret.ts';

const client = new SecretsManagerClient({
  region: 'eu-west-1',
  credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
});
const secrets = mockClient(client);
const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:slack-a1b2c3';

describe('a secret', () => {
  beforeEach(() => secrets.reset());

  it('is read without the blanks that a paste leaves', async () => {
    secrets.on(GetSecretValueCommand, { SecretId: ARN }).resolves({ SecretString: 'https://hooks.example/x\n' });
    expect(await readSecret(ARN, client)).toBe('https://hooks.example/x');
  });

  it('refuses to be empty', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: ' ' });
    await expect(readSecret(ARN, client)).rejects.toThrow(`the secret ${ARN} is empty`);
  });

  it('says which permission reading needs', async () => {
    secrets.on(GetSecretValueCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    await expect(readSecret(ARN, client)).rejects.toThrow(`allow secretsmanager:GetSecretValue on ${ARN}`);
  });
});
