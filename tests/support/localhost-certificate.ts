/** Of 127.0.0.1 and localhost, made for tests and trusted by nobody else; valid for a hundred years. */
export const localhostCertificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBouuNir3eihJqCUo
aHifWY7XXplr0kf6awx8rCZq3LmhRANCAAQYZscgZuumeuTKGh2fmEulrvavmzyu
puZ8k5ZLSIro4iWaHehJv6bvGXXpSJgjDn3YU/dNltRTOlyjO7OYG1gR
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBmzCCAUGgAwIBAgIUUQRI3gVEp/HIxPd+rm8D4RT68DcwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE1NTYzOFoYDzIxMjYxMDI4
MTU1NjM4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQYZscgZuumeuTKGh2fmEulrvavmzyupuZ8k5ZLSIro4iWaHehJv6bv
GXXpSJgjDn3YU/dNltRTOlyjO7OYG1gRo28wbTAdBgNVHQ4EFgQUGWjZerptsjlQ
234lYNajQPZldTkwHwYDVR0jBBgwFoAUGWjZerptsjlQ234lYNajQPZldTkwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSAAwRQIhAMclqHs4UXcSX6R+S7QM1q3zlhBI1GamhGaql1rTFNIZAiAH
srkEqwhSW5eaP5VUdsx3Gvdz4e3f7eWKUKSA3QT/1w==
-----END CERTIFICATE-----
`,
};
