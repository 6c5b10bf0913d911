import type { CLIENT_PATHS } from '../../client-protocol.ts';

/** The server's paths. The type makes sure that they are the same. */
export const paths: typeof CLIENT_PATHS = {
  socket: '/playground/socket',
  uploads: '/playground/uploads',
  attachments: '/playground/attachments',
  dashboard: '/playground/dashboard',
};
