using System.CommandLine;
using System.Globalization;
using CogVideoX.Emulator;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary>Options of <c>kernels profile</c> for operations at a shape, on a card that isn't here.</summary>
internal sealed class ProfileOptions
{
    private const int DefaultCtas = 4, MostCtas = 10_000;
    private static readonly string Cards = string.Join('|', CardRates.All.Select(card => card.Name));

    public Option<string?> Gpu { get; } = new("--gpu")
    {
        Description = "Bounds of an operation's time on this card, part by part of it; needs --shape",
        HelpName = Cards,
    };

    public Option<string?> Shape { get; } = new("--shape")
    {
        Description = "Of the operation, such as 4096x4096x4096 (ROWSxOUTPUTSxINPUTS) for linear; another one says what it needs",
        HelpName = "SHAPE",
    };

    public Option<string?> Type { get; } = new("--type")
    {
        Description = "Of its operands (default: bf16)",
        HelpName = "bf16|fp16",
    };

    public Option<int?> Ctas { get; } = new("--ctas")
    {
        Description = string.Create(
            CultureInfo.InvariantCulture, $"How many CTAs of a launch run, to count for all (default: {DefaultCtas})"),
        HelpName = "N",
    };

    public ProfileOptions() => Type.AcceptOnlyFromAmong("bf16", "fp16");

    public bool IsAsked(ParseResult parsed) => parsed.GetValue(Gpu) is not null || parsed.GetValue(Shape) is not null;

    /// <exception cref="UsageException">Options that don't go together, or that mean nothing.</exception>
    public int Run(Terminal terminal, KernelChoice choice, ParseResult parsed, bool json, CancellationToken cancellation)
    {
        string gpu = parsed.GetValue(Gpu) ?? throw new UsageException("--gpu", $"--shape needs a card; choose from {Cards}.");
        string shape = parsed.GetValue(Shape)
            ?? throw new UsageException("--shape", "--gpu needs the operation's shape, such as --shape 4096x4096x4096 for linear.");
        CardRates card = CardRates.Find(gpu) ?? throw new UsageException("--gpu", $"'{gpu}' isn't known; choose from {Cards}.");
        if (parsed.GetValue(choice.Assembly) is not null || parsed.GetValue(choice.Cases) is not null)
            throw new UsageException("--shape", "it is for operations of this program; leave --assembly and --cases out.");
        if (parsed.GetValue(choice.Names) is not [var name])
            throw new UsageException("kernel", "name one operation to profile at a shape.");
        int ctas = parsed.GetValue(Ctas) ?? DefaultCtas;
        if (ctas is < 1 or > MostCtas)
            throw new UsageException("--ctas", $"{ctas} CTAs can't be; choose from 1 to {MostCtas}.");
        var operation = ProfiledOperation.Find(name);
        DType type = parsed.GetValue(Type) == "fp16" ? DType.F16 : DType.BF16;
        ProfileAnswer answer = OperationProfile.Of(operation, operation.Parse(shape), type, card, ctas, cancellation);
        if (json)
            terminal.WriteJson(answer);
        else
            OperationProfile.Write(terminal.Output, answer, card);
        return ExitCode.Done;
    }
}
