namespace Tallygate.PromQL.Scripts;

/// <summary>Takes a line apart at blanks, word by word.</summary>
internal sealed class WordReader
{
    private readonly string _line;
    private int _at;

    public WordReader(string line) => _line = line;

    /// <summary>What is left, without blanks around it.</summary>
    public string Rest => _line[_at..].Trim();

    /// <summary>The next word; empty at the end.</summary>
    public string Next()
    {
        while (_at < _line.Length && char.IsWhiteSpace(_line[_at]))
        {
            _at++;
        }

        var start = _at;
        while (_at < _line.Length && !char.IsWhiteSpace(_line[_at]))
        {
            _at++;
        }

        return _line[start.._at];
    }
}
