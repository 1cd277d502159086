/* In the sanitized build only: which places of the source set an error during the tests.
 * tests/tree/errors.py reads the record and names the places that no test reached. */
#ifndef PARAPHE_BASE_ERR_SITES_H
#define PARAPHE_BASE_ERR_SITES_H

void err_site_hit(const char *file, int line);

#define err_set(...) (err_site_hit(__FILE__, __LINE__), err_set(__VA_ARGS__))
#define err_set_foreign(...) (err_site_hit(__FILE__, __LINE__), err_set_foreign(__VA_ARGS__))
#define err_set_errno(...) (err_site_hit(__FILE__, __LINE__), err_set_errno(__VA_ARGS__))

#endif
