using System.Globalization;
using System.Text;

namespace Tallygate.Lab;

/// <summary>The errors of each way to count as a picture: a row of bars for each, from everything lost to a thousand times too much.</summary>
internal static class Picture
{
    private const int Width = 760;
    private const int Left = 90;
    private const int RowHeight = 90;
    private const int BarsHeight = 60;

    // Upper edges of the bars' errors relative to the truth; the bar in the middle is no error at all.
    private static readonly double[] Edges = [-0.999, -0.5, -0.2, -0.1, -0.01, 0, 0, 0.01, 0.1, 0.5, 1, 10, 100, double.PositiveInfinity];

    private static readonly string[] Names =
        ["all lost", "−50%", "−20%", "−10%", "−1%", "a bit less", "exact", "a bit more", "+10%", "+50%", "×2", "×10", "×100", "more"];

    public static string Draw(IReadOnlyList<LabResult> results)
    {
        var height = (Methods.All.Count * RowHeight) + 70;
        var step = (Width - Left - 10) / Edges.Length;
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"white\"/>");
        for (var m = 0; m < Methods.All.Count; m++)
        {
            var counts = new int[Edges.Length];
            foreach (var result in results.Where(r => r.Truth > 0))
            {
                counts[BarOf((result.Answers[m] - result.Truth) / result.Truth)]++;
            }

            var total = Math.Max(counts.Sum(), 1);
            var floor = (m * RowHeight) + BarsHeight + 20;
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"6\" y=\"{floor - 6}\" font-weight=\"bold\">{Methods.All[m].Name}</text>");
            svg.AppendLine(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - 10}\" y1=\"{floor}\" y2=\"{floor}\" stroke=\"#999\"/>");
            for (var b = 0; b < counts.Length; b++)
            {
                if (counts[b] == 0)
                {
                    continue;
                }

                var share = (double)counts[b] / total;
                var bar = Math.Max(share * BarsHeight, 1);
                var x = Left + (b * step);
                var colour = Names[b] == "exact" ? "#2a7d46" : "#c0492f";
                svg.AppendLine(CultureInfo.InvariantCulture, $"<rect x=\"{x + 3}\" y=\"{floor - bar:0.#}\" width=\"{step - 6}\" height=\"{bar:0.#}\" fill=\"{colour}\"/>");
                svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x + (step / 2)}\" y=\"{floor - bar - 3:0.#}\" text-anchor=\"middle\" font-size=\"10\">{share:0.#%}</text>");
            }
        }

        var axis = (Methods.All.Count * RowHeight) + 14;
        for (var b = 0; b < Names.Length; b++)
        {
            var x = Left + (b * step) + (step / 2);
            svg.AppendLine(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{axis}\" font-size=\"10\" text-anchor=\"end\" transform=\"rotate(-40 {x} {axis})\">{Names[b]}</text>");
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static int BarOf(double error)
    {
        var exact = Array.IndexOf(Names, "exact");
        if (error == 0)
        {
            return exact;
        }

        for (var b = 0; b < Edges.Length; b++)
        {
            if (b != exact && error <= Edges[b])
            {
                return b;
            }
        }

        return Edges.Length - 1;
    }
}
