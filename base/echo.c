#include "base/echo.h"

#include <signal.h>
#include <termios.h>

static struct termios before;
static volatile sig_atomic_t terminal = -1;

int echo_off(int fd)
{
    struct termios quiet;

    if (tcgetattr(fd, &before) != 0)
        return -1;
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHONL);
    quiet.c_lflag |= ICANON | ISIG; /* the line editing of the terminal: erase, kill, Ctrl-C */
    terminal = fd;
    if (tcsetattr(fd, TCSAFLUSH, &quiet) == 0)
        return 0;
    terminal = -1;
    return -1;
}

void echo_back(void)
{
    int fd = terminal;

    terminal = -1;
    if (fd >= 0)
        tcsetattr(fd, TCSAFLUSH, &before);
}
