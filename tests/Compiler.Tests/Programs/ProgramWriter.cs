using System.Globalization;
using System.Text;

namespace CogVideoX.Compiler.Tests.Programs;

/// <summary>
/// Writes a random program as C#: statements of every kind over variables of every number type. It always ends, and never does what C#
/// leaves open or throws at: divisors are made odd and small, loops are counted.
/// </summary>
internal sealed class ProgramWriter(int seed)
{
    private static readonly string[] Types =
        ["int", "uint", "long", "ulong", "float", "double", "bool", "byte", "sbyte", "short", "ushort"];

    private readonly Random random = new(seed);
    private readonly StringBuilder text = new();
    private readonly List<(string Type, string Name)> variables = [];
    private readonly HashSet<string> readOnly = [];
    private ProgramExpressions expressions = null!;
    private int names, loops, depth;

    public static string Write(string name, int seed) => new ProgramWriter(seed).Write(name);

    private string Write(string name)
    {
        expressions = new ProgramExpressions(random, variables);
        foreach ((string type, string parameter) in new[] { ("int", "i"), ("uint", "u"), ("long", "l"), ("float", "f"), ("double", "d") })
            variables.Add((type, parameter));
        Line($"public readonly struct {name} : IProgram");
        Line("{");
        Line("    [MethodImpl(MethodImplOptions.NoOptimization)]"); // .NET 10.0's optimiser gets two of the first 1000 programs wrong
        Line("    public static ulong Run(int i, uint u, long l, float f, double d)");
        Line("    {");
        Line("        unchecked");
        Line("        {");
        Line("        Cells cells = default; Pair pair = new(i, f);");
        foreach (string type in Types)
            Declare(type);
        variables.Add(("int", "pair.Whole"));
        variables.Add(("float", "pair.Real"));
        for (int i = random.Next(3, 9); i > 0; i--)
            Statement();
        Line("        ulong digest = 17;");
        foreach ((string type, string variable) in variables)
            Line($"        digest = {Mixed(type, variable)};");
        Line("        for (int n = 0; n < 4; n++) digest = Mix.In(digest, cells[n]);");
        Line("        return digest;");
        Line("        }");
        Line("    }");
        Line("}");
        return text.ToString();
    }

    private static string Mixed(string type, string variable) => type switch
    {
        "float" or "double" => $"Mix.In(digest, {variable})",
        "bool" => $"Mix.In(digest, {variable} ? 1 : 0)",
        _ => $"Mix.In(digest, unchecked((int){variable}))",
    };

    private void Line(string line) => text.Append(new string(' ', 4 * depth)).Append(line).Append('\n');

    private void Declare(string type)
    {
        string name = $"v{names++}";
        Line($"        {type} {name} = {expressions.Of(type, 2)};");
        variables.Add((type, name));
    }

    private (string Type, string Name) Target()
    {
        while (true)
        {
            (string type, string name) = variables[random.Next(variables.Count)];
            if (!readOnly.Contains(name))
                return (type, name);
        }
    }

    private void Statement()
    {
        depth++;
        switch (random.Next(depth > 4 ? 5 : 13))
        {
            case 0 or 1 or 2: Assign(); break;
            case 3: Line($"        cells[{random.Next(4)}] {(random.Next(2) == 0 ? "+" : "^")}= {expressions.Of("int", 2)};"); break;
            case 4: Line($"        {Call()};"); break;
            case 5 or 6: If(); break;
            case 7 or 8: CountedLoop(); break;
            case 9: While(); break;
            case 10: Switch(); break;
            case 11: Reference(); break;
            default: CellsLoop(); break;
        }
        depth--;
    }

    private string Call() => random.Next(3) switch
    {
        0 => $"Mix.Swap(ref pair, {expressions.Of("int", 1)})",
        1 => $"pair = Mix.Twice(pair, {expressions.Of("bool", 1)})",
        _ => $"cells[{random.Next(4)}] = Mix.Least(cells, {expressions.Of("int", 1)})",
    };

    private void Assign()
    {
        (string type, string name) = Target();
        string? op = type is "bool"
            ? Pick("&", "|", "^") : type is "float" or "double" ? Pick("+", "-", "*") : Pick("+", "-", "*", "^", "|", "&");
        Line(random.Next(2) == 0 && type is not ("byte" or "sbyte" or "short" or "ushort")
            ? $"        {name} {op}= {expressions.Of(type, 3)};" : $"        {name} = {expressions.Of(type, 3)};");
    }

    private void If()
    {
        Line($"        if ({expressions.Of("bool", 2)})");
        Body();
        if (random.Next(2) == 0)
            return;
        Line("        else");
        Body();
    }

    private void CountedLoop()
    {
        string counter = $"n{names++}";
        string bound = random.Next(3) == 0 ? $"({expressions.Of("int", 1)} & 7)" : random.Next(1, 6).ToString(CultureInfo.InvariantCulture);
        Line($"        for (int {counter} = 0; {counter} < {bound}; {counter}{(random.Next(4) == 0 ? " += 2" : "++")})");
        LoopBody(("int", counter));
    }

    private void CellsLoop()
    {
        string counter = $"n{names++}";
        Line($"        for (int {counter} = 0; {counter} < 4; {counter}++)");
        variables.Add(("int", counter));
        Line($"            cells[{counter}] = {expressions.Of("int", 2)} + cells[({counter} + {random.Next(4)}) & 3];");
        variables.RemoveAt(variables.Count - 1);
    }

    private void While()
    {
        string fuel = $"n{names++}";
        Line($"        int {fuel} = {random.Next(1, 12)};");
        Line($"        while ({fuel}-- > 0 && {expressions.Of("bool", 2)})");
        LoopBody(("int", fuel));
    }

    private void Switch()
    {
        int cases = random.Next(2, 7);
        Line($"        switch ({expressions.Of("int", 2)} & 7)");
        Line("        {");
        for (int i = 0; i < cases; i++)
        {
            Line($"            case {i}:");
            Statement();
            Line("            break;");
        }
        Line("            default:");
        Statement();
        Line("            break;");
        Line("        }");
    }

    private void Reference()
    {
        string name = $"r{names++}";
        (string type, string target) = Target();
        Line("        {");
        Line($"            ref {type} {name} = ref {target};");
        Line($"            {name} = {expressions.Of(type, 2)};");
        if (type is not ("bool" or "byte" or "sbyte" or "short" or "ushort"))
            Line($"            {name} += {expressions.Of(type, 1)};");
        Line("        }");
    }

    private void Body()
    {
        int before = variables.Count;
        Line("        {");
        if (random.Next(3) == 0)
            Declare(Types[random.Next(Types.Length)]);
        for (int i = random.Next(1, 3); i > 0; i--)
            Statement();
        if (loops > 0 && random.Next(4) == 0)
            Line($"        if ({expressions.Of("bool", 1)}) {Pick("break", "continue")};");
        Line("        }");
        variables.RemoveRange(before, variables.Count - before);
    }

    private void LoopBody((string Type, string Name) counter)
    {
        variables.Add(counter);
        readOnly.Add(counter.Name);
        loops++;
        Body();
        loops--;
        variables.Remove(counter);
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];
}
