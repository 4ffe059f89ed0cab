using Tallygate.Server.Composition;

namespace Tallygate.Tests.Server;

public sealed class QuietTrimTests
{
    private const long Megabyte = 1 << 20;
    private long _allocated;
    private int _trims;

    [Fact]
    public void Memory_is_given_back_once_after_a_burst_and_never_within()
    {
        var trim = new QuietTrim(() => _allocated, () => _trims++);
        var now = 0L;
        for (var i = 0; i < 20; i++)
        {
            _allocated += 10 * Megabyte;
            now = trim.Step(now);
            Assert.Equal(0, _trims);
        }

        for (var i = 0; i < 20; i++)
        {
            now = trim.Step(now);
            Assert.Equal(1, _trims);
        }

        // What little goes on all the time adds up.
        for (var i = 0; i < 40; i++)
        {
            _allocated += Megabyte;
            now = trim.Step(now);
        }

        Assert.Equal(2, _trims);
    }

    [Fact]
    public void It_looks_when_it_is_due_and_not_before()
    {
        var trim = new QuietTrim(() => _allocated, () => _trims++);
        var due = trim.Step(1000);
        _allocated = 100 * Megabyte;
        Assert.Equal(due, trim.Step(due - 1));
        Assert.Equal(due + (due - 1000), trim.Step(due));
        Assert.Equal(0, _trims);
        trim.Step(due + (due - 1000));
        Assert.Equal(1, _trims);

        // A clock that was set back does not stop it.
        _allocated += 100 * Megabyte;
        trim.Step(-1_000_000);
        trim.Step(-900_000);
        Assert.Equal(2, _trims);
    }
}
