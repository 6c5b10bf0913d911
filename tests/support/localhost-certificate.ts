/** Of 127.0.0.1 and localhost, made for tests and trusted by nobody else; valid from 2020 for a hundred years. */
export const localhostCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBouuNir3eihJqCUo
aHifWY7XXplr0kf6awx8rCZq3LmhRANCAAQYZscgZuumeuTKGh2fmEulrvavmzyu
puZ8k5ZLSIro4iWaHehJv6bvGXXpSJgjDn3YU/dNltRTOlyjO7OYG1gR
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUVe41FhManxyjmsoiDxHMbfH3uFswCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAwMTAy
MDAwMDAwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQYZscgZuumeuTKGh2fmEulrvavmzyupuZ8k5ZLSIro4iWaHehJv6bv
GXXpSJgjDn3YU/dNltRTOlyjO7OYG1gRo28wbTAdBgNVHQ4EFgQUGWjZerptsjlQ
234lYNajQPZldTkwHwYDVR0jBBgwFoAUGWjZerptsjlQ234lYNajQPZldTkwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIgS/zcO76OPaFchzjeu2MOEtmS6q6KG1eeJaHPAFKdA6ACIQCW
LSTNqPyZSsbnyLrW8jENoOR7v//+wDCaRlEelr8iPQ==
-----END CERTIFICATE-----
`,
};
