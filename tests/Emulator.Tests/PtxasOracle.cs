using System.Text.Json;
using CogVideoX.Emulator.Decoding;
using CogVideoX.Emulator.Execution;
using CogVideoX.Emulator.Instructions;
using CogVideoX.Emulator.Memory;
using CogVideoX.Emulator.Syntax;

namespace CogVideoX.Emulator.Tests;

/// <summary>Rows of ptxas-13.jsonl: what ptxas 13 takes and refuses (its page: ptxas-13.md).</summary>
internal sealed record PtxasRow(string Id, string Family, string Target, string Version, string Wrap, string Text, bool Accepts,
    string Error)
{
    private const string Entry = """
        .global .align 128 .b8 g[1024];
        .const .align 16 .b8 c[1024];
        .extern .shared .align 128 .b8 dyn[];
        .visible .entry k(.param .u64 a, .param .u32 n, .param .align 64 .b8 tm[128])
        {
        .reg .pred %p<9>;
        .reg .b16 %h<33>;
        .reg .b32 %r<145>;
        .reg .b64 %rd<65>;
        .reg .f32 %f<145>;
        .reg .f64 %fd<33>;
        .shared .align 128 .b8 s[1024];
        .local .align 16 .b8 l[64];

        """;

    private static readonly JsonSerializerOptions Lower = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>ptxas would take it for a newer target or .version: no question of form.</summary>
    public bool IsRefusedForTarget => Error.Contains("requires .target", StringComparison.Ordinal) || Error.Contains("requires PTX ISA",
        StringComparison.Ordinal)
        || Error.Contains("not supported on .target", StringComparison.Ordinal) || Error.Contains("not supported for .target",
            StringComparison.Ordinal);

    public string Module
    {
        get
        {
            string head = $".version {Version}\n.target {Target}\n.address_size 64\n";
            return Wrap switch { "entry" => $"{head}{Entry}{Text}\nret;\n}}\n", "module" => $"{head}{Text}\n", _ => Text };
        }
    }

    public static IEnumerable<PtxasRow> Read(string path) => File.ReadLines(path).Select(l =>
        JsonSerializer.Deserialize<PtxasRow>(l, Lower)!);

    /// <summary>What the emulator says: null if it takes all of it, else the message, and whether it only can't run it.</summary>
    public (string? Refusal, bool IsUnsupported) Ask()
    {
        try
        {
            PtxModule module = PtxModule.Parse(Module);
            string? unsupported = null;
            foreach (PtxFunction entry in module.Functions.Values.Where(f => f is { IsEntry: true, HasBody: true }).ToList())
                unsupported ??= Decode(module, entry);
            return (unsupported, unsupported is not null);
        }
        catch (PtxException error)
        {
            return (error.Message, false);
        }
    }

    private static string? Decode(PtxModule module, PtxFunction entry)
    {
        using var globals = new GlobalMemory(isLasting: false);
        var memory = new ModuleMemory(module, globals);
        var bank = new ParameterBank();
        var code = new KernelCode { Function = entry };
        var symbols = new SymbolTable(memory, new SharedLayout(0), code.Frame, module);
        foreach (PtxVariable parameter in entry.Parameters)
            symbols.AddParameter(parameter, bank.Add(parameter).Address);
        new Decoder(module, code, symbols).Run();
        return code.Instructions.OfType<Unsupported>().FirstOrDefault()?.Reason;
    }
}
