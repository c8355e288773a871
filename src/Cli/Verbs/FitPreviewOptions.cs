using System.CommandLine;
using System.CommandLine.Parsing;
using CogVideoX.Pipelines;
using CogVideoX.Pipelines.Previews;
using Spectre.Console;

namespace CogVideoX.Cli.Verbs;

/// <summary><c>inspect --fit-preview</c>: what a checkpoint's latents look like, for <c>generate --preview</c>.</summary>
internal sealed class FitPreviewOptions
{
    private readonly Option<bool> fit = new("--fit-preview")
    {
        Description = "Fit the map from latents to colours that generate --preview needs, and write it: minutes for a released model",
    };

    private readonly Option<string?> output = CommonOptions.PathOption<string?>("--output", "-o");
    private readonly Option<bool> overwrite = CommonOptions.Overwrite();
    private readonly Option<int> threads = CommonOptions.Threads();
    private readonly Option<bool> json;

    /// <param name="json">Whether the answer is printed as JSON.</param>
    public FitPreviewOptions(Option<bool> json)
    {
        this.json = json;
        string place = $"{LatentPreview.FileName} in the checkpoint";
        (output.HelpName, output.Description) =
            ("FILE", $"Where --fit-preview writes the map, for generate --preview-map (default: {place})");
    }

    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { fit, output, overwrite, threads })
            command.Add(option);
    }

    /// <summary>Whether it is asked for.</summary>
    /// <exception cref="UsageException">Options stand together that mean nothing together.</exception>
    public bool IsAsked(ParseResult parsed)
    {
        Option[] ours = [output, overwrite, threads];
        bool asked = parsed.GetValue(fit);
        foreach (OptionResult given in parsed.CommandResult.Children.OfType<OptionResult>().Where(given => !given.Implicit))
        {
            if (!asked && ours.Contains(given.Option))
                throw new UsageException(given.Option.Name, $"it is for {fit.Name}; leave it out, or give that too.");
            if (asked && given.Option != fit && given.Option != json && !ours.Contains(given.Option))
                throw new UsageException(given.Option.Name, $"it is for a plan, which {fit.Name} doesn't make; leave one of the two out.");
        }
        return asked;
    }

    /// <summary>Fits the map of a checkpoint and writes it.</summary>
    public int Run(Terminal terminal, ParseResult parsed, string folder, CancellationToken cancellation)
    {
        string path = parsed.GetValue(output) ?? Path.Combine(folder, LatentPreview.FileName);
        int count = CommonOptions.CheckThreads(parsed.GetValue(threads));
        OutputChecks.Check(nameof(output), path);
        if (!parsed.GetValue(overwrite) && File.Exists(path))
            throw new UsageException(output.Name, $"{path} exists; choose another name, or give --overwrite to replace it.");
        LatentPreview preview = Fit(terminal, progress => PreviewFitter.Fit(folder, count, progress, cancellation));
        preview.Save(path);
        var answer = new Answer(Path.GetFullPath(path), preview.Fit.RSquared, preview.Fit.Psnr, preview.Fit.Latents);
        if (parsed.GetValue(json))
            terminal.WriteJson(answer);
        else
            Print(terminal.Output, answer);
        return ExitCode.Done;
    }

    private static void Print(TextWriter output, Answer answer)
    {
        output.WriteLine(answer.Output);
        output.WriteLine(FormattableString.Invariant(
            $"R² {answer.RSquared:F4}, PSNR {answer.Psnr:F2} dB on {answer.Latents} latents of made-up videos"));
    }

    private static LatentPreview Fit(Terminal terminal, Func<Action<int, int>?, LatentPreview> fit)
    {
        if (!terminal.ShowsProgress)
            return fit(null);
        var line = new ProgressLine();
        return terminal.Draw([line], context =>
        {
            ProgressTask bar = context.AddTask("fitting");
            return fit((done, total) =>
            {
                (bar.MaxValue, bar.Value) = (total, done);
                line.Set(bar, $"clip {done} of {total}");
            });
        });
    }

    /// <summary>What <c>--json</c> prints.</summary>
    /// <param name="Output">The file.</param>
    /// <param name="RSquared">The share of the colours' variance that the map explains.</param>
    /// <param name="Psnr">Between its colours and the decoded frames, averaged, dB.</param>
    /// <param name="Latents">How many latent pixels it was fitted to.</param>
    private sealed record Answer(string Output, double RSquared, double Psnr, int Latents);
}
