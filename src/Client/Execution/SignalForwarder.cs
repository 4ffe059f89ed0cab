using System.Runtime.InteropServices;

namespace Tallygate.Client.Execution;

/// <summary>
/// Hands the signals that this process gets to the command it runs, and lives on itself to see the command's end. On a terminal Ctrl-C and
/// Ctrl-\ reach the whole foreground group, so there those two are not sent a second time.
/// </summary>
internal sealed partial class SignalForwarder : IDisposable
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private static readonly int[] Forwarded = [1, Interrupt, Quit, 10, 12, 15];

    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Lock _lock = new();
    private readonly List<int> _early = [];
    private int _process;
    private bool _ended;

    public SignalForwarder(bool onTerminal)
    {
        foreach (var signal in Forwarded)
        {
            var sent = !onTerminal || signal is not (Interrupt or Quit);
            _registrations.Add(PosixSignalRegistration.Create(Named(signal), context =>
            {
                context.Cancel = true;
                if (sent)
                {
                    Send(signal);
                }
            }));
        }
    }

    /// <summary>From now on signals go to this process; those that came before it was there, too.</summary>
    public void StartTo(int process)
    {
        lock (_lock)
        {
            _process = process;
            _early.ForEach(signal => _ = Kill(process, signal));
            _early.Clear();
        }
    }

    /// <summary>The process has ended: its number may soon be another's.</summary>
    public void End()
    {
        lock (_lock)
        {
            _ended = true;
        }
    }

    public void Dispose() => _registrations.ForEach(static r => r.Dispose());

    private static PosixSignal Named(int signal) => signal switch
    {
        1 => PosixSignal.SIGHUP,
        Interrupt => PosixSignal.SIGINT,
        Quit => PosixSignal.SIGQUIT,
        15 => PosixSignal.SIGTERM,

        // The two signals of the user's have no name here; the platform takes their numbers.
        _ => (PosixSignal)signal,
    };

    private void Send(int signal)
    {
        lock (_lock)
        {
            if (_process == 0)
            {
                _early.Add(signal);
            }
            else if (!_ended)
            {
                _ = Kill(_process, signal);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
