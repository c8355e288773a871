using System.Globalization;
using System.Text;
using CogVideoX.Compiler.Ir;

namespace CogVideoX.Compiler.Ptx;

/// <summary>IR to PTX text (PTX ISA 4 and 11): a module with one kernel.</summary>
internal static class PtxPrinter
{
    private const int BytesPerLine = 32;

    /// <summary>The module's text. It depends on nothing but the arguments and, with lines, the symbols' content.</summary>
    /// <exception cref="CompileException">The target can't do it.</exception>
    public static string Print(Function function, CompileOptions options) => Print(function, options, new SourceLines(options));

    /// <summary>The same with C# lines from elsewhere.</summary>
    internal static string Print(Function function, CompileOptions options, SourceLines source)
    {
        Target target = options.Target ?? TargetLimits.Least(function);
        int isa = TargetLimits.Check(function, target);
        var body = new BodyPrinter(function, source);
        body.Print();
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"// {function.Name}: C# kernel, compiled by CogVideoX for .NET\n\n");
        text.Append(CultureInfo.InvariantCulture, $".version {isa / 10}.{isa % 10}\n.target {target}\n.address_size 64\n\n");
        bool any = false;
        foreach (string declaration in Declarations(function))
        {
            text.Append(declaration).Append('\n');
            any = true;
        }
        foreach (Variable variable in function.Variables.Where(v => !v.IsOfKernel))
        {
            text.Append(Declaration(variable)).Append('\n');
            any = true;
        }
        if (any)
            text.Append('\n');
        Signature(text, function);
        text.Append("{\n");
        foreach (string line in body.Registers.Declarations())
            text.Append("    ").Append(line).Append('\n');
        foreach (Variable variable in function.Variables.Where(v => v.IsOfKernel))
            text.Append("    ").Append(Declaration(variable)).Append('\n');
        text.Append('\n');
        foreach ((string register, RegisterClass kind, string number) in body.Registers.Constants)
            text.Append(CultureInfo.InvariantCulture, $"    mov.{PtxTypes.Word(kind)} {register}, {number};\n");
        text.Append(body.Lines).Append("}\n");
        string[] files = [.. source.FileDirectives()];
        if (files.Length > 0)
            text.Append('\n').AppendJoin('\n', files).Append('\n');
        return text.ToString();
    }

    /// <summary>What instructions want declared, each once.</summary>
    private static IEnumerable<string> Declarations(Function function) => function.Blocks.SelectMany(b => b.Instructions)
        .Select(i => i.Ptx?.Declaration).Where(d => !string.IsNullOrEmpty(d)).Distinct(StringComparer.Ordinal).Select(d => d!.Trim());

    private static string Declaration(Variable variable)
    {
        string space = variable.Space switch
        {
            VariableSpace.Shared => variable.IsDynamic ? ".extern .shared" : ".shared",
            VariableSpace.Global => ".global",
            VariableSpace.Local => ".local",
            _ => ".const",
        };
        string size = variable.IsDynamic ? "" : variable.Bytes.ToString(CultureInfo.InvariantCulture);
        string declaration = string.Create(
            CultureInfo.InvariantCulture, $"{space} .align {variable.Alignment} .b8 {PtxNames.Of(variable)}[{size}]");
        if (variable.Initial is not { Length: > 0 } initial || variable.IsOfKernel)
            return declaration + ";";
        if (initial.Length <= BytesPerLine)
            return $"{declaration} = {{{string.Join(", ", initial)}}};";
        return $"{declaration} = {{\n    {string.Join(",\n    ", initial.Chunk(BytesPerLine).Select(c => string.Join(", ", c)))}\n}};";
    }

    private static void Signature(StringBuilder text, Function function)
    {
        text.Append(CultureInfo.InvariantCulture, $".visible .entry {function.Name}(");
        text.AppendJoin(",", function.Parameters.Select(p => "\n    " + Parameter(p)));
        text.Append(function.Parameters.Count > 0 ? "\n)\n" : ")\n");
        LaunchShape launch = function.Launch;
        text.Append(CultureInfo.InvariantCulture, $".reqntid {launch.Block.X}, {launch.Block.Y}, {launch.Block.Z}\n");
        if (launch.Cluster is var (x, y, z))
            text.Append(CultureInfo.InvariantCulture, $".reqnctapercluster {x}, {y}, {z}\n");
        if (launch.MinimumCtas > 0)
            text.Append(CultureInfo.InvariantCulture, $".minnctapersm {launch.MinimumCtas}\n");
        if (launch.MaximumRegisters > 0)
            text.Append(CultureInfo.InvariantCulture, $".maxnreg {launch.MaximumRegisters}\n");
    }

    private static string Parameter(KernelParameter parameter) => parameter.OpaqueBytes > 0 || parameter.Struct is not null
        ? FormattableString.Invariant($".param .align {parameter.Alignment} .b8 {PtxNames.Of(parameter)}[{parameter.Bytes}]")
        : $".param .{PtxTypes.Memory(parameter.Type)} {PtxNames.Of(parameter)}";
}
