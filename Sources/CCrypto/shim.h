/* The low-level SHA-256 functions are deprecated; a fetch of the algorithm for each hash of a tree costs
   four times the hash. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
