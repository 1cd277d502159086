/* A PKCS#11 module around another ($PARAPHE_SHIM_MODULE) that counts: one line "C_Login" or
 * "C_Sign" a call, written to $PARAPHE_SHIM_LOG before the call goes on, so that a killed run is
 * counted too. $PARAPHE_SHIM_DELAY milliseconds are slept in C_Sign, as a card takes its time; or
 * it waits as long as the file $PARAPHE_SHIM_HOLD is there, a minute at the most.
 * Every other function is the wrapped module's own. */
#include <dlfcn.h>
#include <fcntl.h>
#include <p11-kit/pkcs11.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static CK_FUNCTION_LIST *wrapped;
static CK_FUNCTION_LIST list;

static void count(const char *line)
{
    const char *path = getenv("PARAPHE_SHIM_LOG");
    int fd = path != NULL ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;

    if (fd < 0)
        return;
    dprintf(fd, "%s\n", line);
    close(fd);
}

static CK_RV shim_login(CK_SESSION_HANDLE session, CK_USER_TYPE user, unsigned char *pin,
                        CK_ULONG len)
{
    count("C_Login");
    return wrapped->C_Login(session, user, pin, len);
}

static CK_RV shim_sign(CK_SESSION_HANDLE session, unsigned char *data, CK_ULONG len,
                       unsigned char *out, CK_ULONG *n)
{
    const char *delay = getenv("PARAPHE_SHIM_DELAY"), *hold = getenv("PARAPHE_SHIM_HOLD");
    long ms = delay != NULL ? atol(delay) : 0;
    struct timespec t = {ms / 1000, (ms % 1000) * 1000000L};

    count("C_Sign");
    if (ms > 0)
        nanosleep(&t, NULL);
    const struct timespec step = {0, 10000000};
    for (int i = 0; hold != NULL && access(hold, F_OK) == 0 && i < 6000; i++)
        nanosleep(&step, NULL);
    return wrapped->C_Sign(session, data, len, out, n);
}

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out);

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **out)
{
    const char *path = getenv("PARAPHE_SHIM_MODULE");
    void *library = path != NULL ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    CK_C_GetFunctionList get = NULL;
    void *symbol = library != NULL ? dlsym(library, "C_GetFunctionList") : NULL;

    memcpy(&get, &symbol,
           sizeof get); /* a function from a data pointer: POSIX allows it, ISO C does not */
    if (get == NULL || get(&wrapped) != CKR_OK)
        return CKR_GENERAL_ERROR;
    list = *wrapped;
    list.C_GetFunctionList = C_GetFunctionList;
    list.C_Login = shim_login;
    list.C_Sign = shim_sign;
    *out = &list;
    return CKR_OK;
}
