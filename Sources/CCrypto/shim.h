#pragma once
// OpenSSL: SHA-256 alone is used.
#include <openssl/evp.h>
