namespace Tallygate.PromQL.Scripts;

/// <summary>The lines of a script, trimmed, comments emptied. A command's block ends before the next empty line.</summary>
internal sealed class ScriptLines
{
    private readonly string[] _lines;
    private int _at = -1;

    public ScriptLines(string text)
    {
        _lines = text.Split('\n');
        for (var i = 0; i < _lines.Length; i++)
        {
            var line = _lines[i].Trim();
            _lines[i] = line.StartsWith('#') ? "" : line;
        }
    }

    /// <summary>The line at hand.</summary>
    public string Current => _lines[_at];

    /// <summary>The number of the line at hand, from 1.</summary>
    public int Number => Math.Min(_at, _lines.Length - 1) + 1;

    /// <summary>Goes to the next line that is not empty; false at the end.</summary>
    public bool MoveToCommand()
    {
        do
        {
            _at++;
        }
        while (_at < _lines.Length && _lines[_at].Length == 0);

        return _at < _lines.Length;
    }

    /// <summary>Goes to the next line if it belongs to the same block.</summary>
    public bool MoveInBlock()
    {
        if (_at + 1 >= _lines.Length || _lines[_at + 1].Length == 0)
        {
            return false;
        }

        _at++;
        return true;
    }
}
