using System.Runtime.CompilerServices;
using System.Text;
using Tallygate.Model;
using Tallygate.Rules.Alerting.Templates.Values;

namespace Tallygate.Rules.Alerting.Templates.Execution;

/// <summary>
/// One expansion of a template: its variables, its output, and where it stands. Not thread-safe. Steps, depth and length have bounds,
/// so that no text that somebody wrote can hold up the rules.
/// </summary>
internal sealed class TemplateRun
{
    private const int MostSteps = 5_000_000;
    private const int LongestText = 8 << 20;
    private const int Deepest = 1000;

    private readonly ParsedTemplate _template;
    private List<(string Name, TemplateValue? Value)> _variables = [];
    private StringBuilder _output = new();
    private string _name;
    private TemplateNode? _at;
    private int _steps;
    private int _depth;

    public TemplateRun(ParsedTemplate template, TemplateContext context)
    {
        _template = template;
        _name = template.Name;
        Context = context;
    }

    /// <summary>What the text is expanded for.</summary>
    public TemplateContext Context { get; }

    /// <summary>The whole text.</summary>
    /// <exception cref="TemplateException">The expansion fails; the message says where and why.</exception>
    public string Expand()
    {
        _variables.Add(("$", Context.Alert));
        Statement.RunAll(_template.Body, this, Context.Alert);
        return _output.ToString();
    }

    /// <summary>Says where the run stands, for messages.</summary>
    public void MoveTo(TemplateNode node) => _at = node;

    /// <summary>What is thrown where the run stands.</summary>
    public TemplateException Error(string message)
    {
        var place = _at is null ? _template.Name : _template.PlaceOf(_at.At);
        var where = _at is null ? "" : $"executing {GoQuote.Quote(_name)} at <{_at}>: ";
        return new TemplateException($"template: {place}: {where}{message}");
    }

    /// <summary>Counts one step of work.</summary>
    public void Step()
    {
        if (++_steps > MostSteps)
        {
            throw Error("the expansion takes too many steps");
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error("exceeded maximum template depth");
        }
    }

    /// <summary>Writes text to the output.</summary>
    public void Write(string text)
    {
        if (_output.Length + text.Length > LongestText)
        {
            throw Error("the expanded text is too long");
        }

        _output.Append(text);
    }

    /// <summary>The value, unless it is a text beyond bounds.</summary>
    public TemplateValue? Limited(TemplateValue? value) =>
        value is TextValue { Value.Length: > LongestText } ? throw Error("the expanded text is too long") : value;

    /// <summary>How many variables there are, to forget those that come after.</summary>
    public int Mark() => _variables.Count;

    /// <summary>Forgets the variables declared since the mark.</summary>
    public void Forget(int mark) => _variables.RemoveRange(mark, _variables.Count - mark);

    /// <summary>Makes a variable.</summary>
    public void Declare(string name, TemplateValue? value) => _variables.Add((name, value));

    /// <summary>Gives a new value to the innermost variable of the name.</summary>
    public void Assign(string name, TemplateValue? value)
    {
        var at = IndexOf(name);
        _variables[at] = (name, value);
    }

    /// <summary>The value of the innermost variable of the name.</summary>
    public TemplateValue? Get(string name) => _variables[IndexOf(name)].Value;

    /// <summary>Whether there is a definition of the name.</summary>
    public bool IsDefined(string name) => _template.Definitions.ContainsKey(name);

    /// <summary>Writes what a definition gives for a value. It sees none of the variables here.</summary>
    public void Include(string name, TemplateValue? dot)
    {
        if (_depth == Deepest)
        {
            throw Error($"exceeded maximum template depth ({Deepest})");
        }

        var (variables, outer) = (_variables, _name);
        (_variables, _name) = ([("$", dot)], name);
        _depth++;
        Statement.RunAll(_template.Definitions[name], this, dot);
        _depth--;
        (_variables, _name) = (variables, outer);
    }

    /// <summary>What a definition gives for a value, as a text of its own.</summary>
    public string IncludeAsText(string name, TemplateValue? dot)
    {
        var output = _output;
        _output = new StringBuilder();
        Include(name, dot);
        var text = _output.ToString();
        _output = output;
        return text;
    }

    private int IndexOf(string name)
    {
        for (var i = _variables.Count - 1; i >= 0; i--)
        {
            if (_variables[i].Name == name)
            {
                return i;
            }
        }

        throw Error($"undefined variable: {name}");
    }
}
