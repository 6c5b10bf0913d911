import { defineRailway, github, preserve, project, service, volume } from 'railway/iac';

/** Your fork. */
const repository = 'YOUR-NAME/nescordbot';

/** What Railway runs; `railway config plan` shows what it would change, `railway config apply` does it after asking. */
export default defineRailway(() => {
  const data = volume('nescordbot-data');
  const bot = service('nescordbot', {
    source: github(repository, { branch: 'main' }),
    build: { builder: 'DOCKERFILE', dockerfilePath: 'Dockerfile' },
    healthcheck: '/readyz',
    // A start after a crash may rebuild the index, and waits up to a minute for the deployment before it.
    healthcheckTimeout: 300,
    deploy: { restartPolicyType: 'ON_FAILURE', restartPolicyMaxRetries: 10, requiredMountPath: '/app/data' },
    // The one volume that a service can have holds everything: database, index and backups.
    volumeMounts: { '/app/data': data },
    env: {
      // Without it, Railway kills the bot in the moment in which it asks it to stop.
      RAILWAY_DEPLOYMENT_DRAINING_SECONDS: '15',
      // Set these in the dashboard: what is there stays, and no secret is ever written here.
      DISCORD_TOKEN: preserve(),
      GEMINI_API_KEY: preserve(),
      HOME_GUILD_ID: preserve(),
      MODERATOR_ROLE_IDS: preserve(),
      OPERATOR_USER_IDS: preserve(),
      MESSAGE_CONTENT_INTENT: preserve(),
      CHROMA_API_KEY: preserve(),
      GITHUB_SYNC_ENABLED: preserve(),
      GITHUB_DATA_REPO: preserve(),
      GITHUB_TOKEN: preserve(),
      S3_ENDPOINT: preserve(),
      S3_REGION: preserve(),
      S3_BUCKET: preserve(),
      S3_ACCESS_KEY_ID: preserve(),
      S3_SECRET_ACCESS_KEY: preserve(),
      BACKUP_AGE_PASSPHRASE: preserve(),
      BACKUP_AGE_RECIPIENTS: preserve(),
      BACKUP_AGE_IDENTITY: preserve(),
      RESTORE_ON_EMPTY: preserve(),
      ALERT_CHANNEL_ID: preserve(),
      ALERT_ROLE_ID: preserve(),
      ALERT_LANGUAGE: preserve(),
      ALERT_WEBHOOK_URL: preserve(),
      ALERT_WEBHOOK_KIND: preserve(),
      ALERT_EMAIL_TO: preserve(),
      ALERT_EMAIL_FROM: preserve(),
      SMTP_URL: preserve(),
      API_TOKEN: preserve(),
      API_TOKENS: preserve(),
      TRUST_PROXY: preserve(),
    },
  });
  return project('nescordbot', { resources: [bot, data] });
});
