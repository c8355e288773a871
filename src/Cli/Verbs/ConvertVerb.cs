using System.CommandLine;
using CogVideoX.Pipelines.Conversion;
using CogVideoX.Tensors;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>convert</c>: weights from one layout into another.</summary>
internal static class ConvertVerb
{
    private const int MostErrors = 10;

    private static readonly Dictionary<string, DType?> Types = new()
    {
        ["keep"] = null,
        ["fp32"] = DType.F32,
        ["bf16"] = DType.BF16,
        ["fp16"] = DType.F16,
    };

    public static Command Create(Terminal terminal)
    {
        Argument<string> input = CommonOptions.PathArgument<string>("in");
        input.Description = "A file of weights or a LoRA, or a folder: of a model, of one of its parts, of a release of SAT";
        Option<string> output = CommonOptions.PathOption<string>("--output", "-o");
        (output.Description, output.HelpName, output.Required) = ("Folder to make, or a .safetensors or .gguf file", "OUT", true);
        var to = new Option<string>("--to")
        {
            Description = "Layout: Hugging Face's (hf), or a transformer in one file (default: hf)",
            HelpName = ConversionTarget.Names,
            DefaultValueFactory = _ => "hf",
        };
        var dtype = new Option<string>("--dtype")
        {
            Description = "Type of all numbers; keep makes bf16 of 8-bit floats and quantised blocks (default: keep)",
            HelpName = string.Join('|', Types.Keys),
            DefaultValueFactory = _ => "keep",
        };
        dtype.AcceptOnlyFromAmong([.. Types.Keys]);
        Option<string?> config = CommonOptions.PathOption<string?>("--config");
        (config.Description, config.HelpName) = ("The config.json of a part that comes without one (default: from its shapes)", "FILE");
        var architecture = new Option<string?>("--architecture")
        {
            Description = $"The architecture's name in a GGUF file (default: {ConversionRequest.DefaultArchitecture})",
            HelpName = "NAME",
        };
        var psnr = new Option<bool>("--psnr")
        {
            Description = $"With --to {ConversionTarget.OneFileNames}, compare a short run with one of the model that is read (on the CPU)",
        };
        Option<bool> overwrite = CommonOptions.Overwrite(), json = CommonOptions.Json();
        overwrite.Description = "Replace a file that exists; a folder never is";
        var command = new Command("convert", "Bring weights from other tools' layouts into Hugging Face's, or the other way")
        {
            input, output, to, dtype, config, architecture, psnr, overwrite, json,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var request = new ConversionRequest(parsed.GetRequiredValue(input), parsed.GetRequiredValue(output))
            {
                To = ConversionTarget.Parse(parsed.GetRequiredValue(to)),
                Dtype = Types[parsed.GetRequiredValue(dtype)],
                Config = parsed.GetValue(config),
                Architecture = parsed.GetValue(architecture),
                Psnr = parsed.GetValue(psnr),
                Overwrite = parsed.GetValue(overwrite),
            };
            ConversionReport? report = null;
            ByteProgress.Show(terminal, progress => report = Converter.Run(request, progress, cancellation));
            Print(terminal, report!, parsed.GetValue(json));
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static void Print(Terminal terminal, ConversionReport report, bool asJson)
    {
        foreach (string note in report.Notes)
            terminal.Say(PropertyNames.InWordsOfOptions(note));
        if (asJson)
        {
            terminal.WriteJson(report);
            return;
        }
        terminal.Output.WriteLine(Printable.Line(report.Path));
        if (report.Errors.Count > 0)
            PrintErrors(terminal.Output, report);
        if (report.Psnr is { } decibels)
            terminal.Output.WriteLine(FormattableString.Invariant($"  PSNR of a short video: {decibels:F2} dB"));
    }

    private static void PrintErrors(TextWriter output, ConversionReport report)
    {
        output.WriteLine("  relative RMS  type     layer");
        foreach (LayerError error in report.Errors.Take(MostErrors))
        {
            string row = FormattableString.Invariant($"  {100 * error.RelativeRms,10:F4} %  {error.Type,-7}  {error.Layer}");
            output.WriteLine(Printable.Line(row));
        }
        if (report.Errors.Count > MostErrors)
            output.WriteLine($"  {report.Errors.Count - MostErrors} layers more have less (--json lists all)");
    }
}
