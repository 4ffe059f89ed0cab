using System.Text;
using Tallygate.Model;

namespace Tallygate.PromQL.Ast;

/// <summary>Prints lists of label names.</summary>
internal static class LabelNames
{
    /// <summary>Appends the names, quoted where they have to be, and the closing parenthesis.</summary>
    public static void AppendList(StringBuilder text, IReadOnlyList<string> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (i > 0)
            {
                text.Append(", ");
            }

            if (NameValidation.IsLegacyLabelName(names[i]))
            {
                text.Append(names[i]);
            }
            else
            {
                GoQuote.Append(text, names[i]);
            }
        }

        text.Append(')');
    }
}
