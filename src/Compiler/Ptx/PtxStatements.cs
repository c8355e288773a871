using System.Text;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Breaks text of several statements into lines, those of a scope further in.</summary>
internal static class PtxStatements
{
    /// <summary>Stand for the braces of a scope or of a list that PTX itself has, until it is clear which.</summary>
    public const char Open = '\u0001';

    /// <inheritdoc cref="Open"/>
    public const char Close = '\u0002';

    public static void Print(PtxLines lines, StringBuilder text)
    {
        int depth = 0, lists = 0;
        var line = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            bool begins = line.Length == 0;
            if (c == Open && begins)
            {
                lines.Add("{", depth++);
            }
            else if (c == Close && begins && lists == 0)
            {
                lines.Add("}", --depth);
            }
            else if (char.IsWhiteSpace(c))
            {
                if (!begins && line[^1] != ' ')
                    line.Append(' ');
            }
            else
            {
                lists += c == Open ? 1 : c == Close ? -1 : 0;
                line.Append(c == Open ? '{' : c == Close ? '}' : c);
                if (c == ';')
                    Flush();
            }
        }
        Flush();

        void Flush()
        {
            if (line.Length > 0)
                lines.Add(line.ToString().TrimEnd(), depth);
            line.Clear();
        }
    }
}
