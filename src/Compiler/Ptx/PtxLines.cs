using System.Text;

namespace CogVideoX.Compiler.Ptx;

/// <summary>Lines of a kernel's body.</summary>
internal sealed class PtxLines
{
    private const string Indent = "    ";

    private readonly StringBuilder text = new();

    public void Add(string line, int depth = 0)
    {
        for (int i = 0; i <= depth; i++)
            text.Append(Indent);
        text.Append(line).Append('\n');
    }

    public void Label(string name) => text.Append('\n').Append(name).Append(":\n");

    public void Statement(string opcode, string a) => Begin(opcode).Append(a).Append(";\n");

    public void Statement(string opcode, string a, string b) => Begin(opcode).Append(a).Append(", ").Append(b).Append(";\n");

    public void Statement(string opcode, string a, string b, string c) =>
        Begin(opcode).Append(a).Append(", ").Append(b).Append(", ").Append(c).Append(";\n");

    public void Statement(string opcode, string a, string b, string c, string d) =>
        Begin(opcode).Append(a).Append(", ").Append(b).Append(", ").Append(c).Append(", ").Append(d).Append(";\n");

    public override string ToString() => text.ToString();

    private StringBuilder Begin(string opcode) => text.Append(Indent).Append(opcode).Append(' ');
}
