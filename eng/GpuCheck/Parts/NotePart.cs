using System.Text.Json.Nodes;

namespace CogVideoX.GpuCheck.Parts;

/// <summary>Keeps what a tool printed: <c>note --part ptxas --case linear.F32 --text-file FILE --rc 0</c>.</summary>
internal static class NotePart
{
    private const int Longest = 9000;

    public static void Run(CheckOptions options)
    {
        string file = options.Text("text-file", "");
        string text = file.Length > 0 && File.Exists(file) ? File.ReadAllText(file) : options.Text("text", "");
        new Results(options.Out, options.Text("note", "note")).Add(new JsonObject
        {
            ["case"] = options.Case,
            ["rc"] = options.Text("rc", ""),
            ["seconds"] = options.Text("took", ""),
            ["text"] = text.Length > Longest ? "…" + text[^Longest..] : text,
        });
    }
}
