package live

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"

	"molap/cmd/molap/internal/watch"
)

const (
	// sparkPoints is the number of points of the small curves in the list.
	sparkPoints = 48
	// mostEnded is the number of trainings that are over in the list, the last ones.
	mostEnded = 60
)

// runEvent is the content of the event "run": the run and its trainings.
type runEvent struct {
	Title     string         `json:"title"`
	Status    string         `json:"status"`
	Percent   int            `json:"percent"`
	Left      int            `json:"left"` // trainings that are over and not listed
	Trainings []trainingLine `json:"trainings"`
}

// trainingLine is a line of the list.
type trainingLine struct {
	watch.Row
	Correct *float64  `json:"correct"` // per cent of test trials; null: not scored yet
	Spark   []float32 `json:"spark"`
}

// lookEvent is the content of the event "look": weights and activity of the chosen training.
type lookEvent struct {
	ID      int          `json:"id"`
	Done    int          `json:"done"`
	Units   int          `json:"units"`
	Modules int          `json:"modules"`
	Steps   int          `json:"steps"`
	WRec    heatMap      `json:"wRec"`   // units × units
	Hidden  heatMap      `json:"hidden"` // steps × units
	Trial   trialOutputs `json:"trial"`
}

// trialOutputs holds the network's outputs in the first test trial.
type trialOutputs struct {
	Outputs []string       `json:"outputs"` // names
	More    int            `json:"more"`    // outputs that are not shown
	StepMS  float64        `json:"stepMS"`
	Periods []watch.Period `json:"periods"`
	Target  []shortNumber  `json:"target"` // steps × outputs
	Output  []shortNumber  `json:"output"`
}

// shortNumber is a number in four digits; null if it is not finite.
type shortNumber float32

// MarshalJSON returns the number as it is sent.
func (v shortNumber) MarshalJSON() ([]byte, error) {
	if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(json.Number(strconv.FormatFloat(float64(v), 'g', 4, 32)))
}

// trialOf returns the trial of a look, without outputs if the look has none.
func trialOf(l watch.Look) trialOutputs {
	t := trialOutputs{Outputs: []string{}, Periods: []watch.Period{}, Target: []shortNumber{}, Output: []shortNumber{}}
	if l.Trial == nil {
		return t
	}
	t.Outputs, t.More, t.StepMS = l.Trial.Outputs, l.Trial.More, l.Trial.StepMS
	t.Periods = append(t.Periods, l.Trial.Periods...)
	for i, y := range l.Trial.Target {
		t.Target, t.Output = append(t.Target, shortNumber(y)), append(t.Output, shortNumber(l.Output[i]))
	}
	return t
}

// heatMap holds the numbers of a heat map as bytes from -127 to 127; 127 stands for Most.
type heatMap struct {
	Most float64 `json:"most"`
	Data string  `json:"data"` // base64
}

// packValues returns x as bytes. 127 stands for most or, if most is 0, for the greatest |x|. Numbers that are
// not finite, or beyond most, become 0.
func packValues(x []float32, most float64) heatMap {
	if most == 0 {
		for _, v := range x {
			if a := math.Abs(float64(v)); a > most && !math.IsInf(a, 0) {
				most = a
			}
		}
	}
	b := make([]byte, len(x))
	for i, v := range x {
		if q := math.Round(127 * float64(v) / most); q >= -127 && q <= 127 {
			b[i] = byte(int8(q))
		}
	}
	return heatMap{most, base64.StdEncoding.EncodeToString(b)}
}

// events sends news of the run and of the training ?id=N at every tick, until the page is closed or
// the run ends.
func (s *Server) events(w http.ResponseWriter, r *http.Request) {
	id := -1
	if text := r.URL.Query().Get("id"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			http.Error(w, fmt.Sprintf("training %q", text), http.StatusBadRequest)
			return
		}
		id = n
	}
	select {
	case s.streams <- struct{}{}:
		defer func() { <-s.streams }()
	default:
		http.Error(w, fmt.Sprintf("%d pages are open already", mostStreams), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	stream := eventStream{w: w, last: map[string][]byte{}}
	ticks := time.NewTicker(tickTime)
	defer ticks.Stop()
	for {
		s.send(&stream, id)
		if stream.flush() != nil {
			return
		}
		select {
		case <-ticks.C:
		case <-r.Context().Done():
			return
		case <-s.over:
			s.send(&stream, id)
			stream.event("over", struct{}{})
			stream.flush()
			return
		}
	}
}

// send sends what changed.
func (s *Server) send(to *eventStream, id int) {
	board := s.source.Board
	to.event("run", s.run())
	h, ok := board.History(id, math.MaxInt)
	if !ok { // no training is chosen
		return
	}
	to.event("history", h)
	if l, done, ok := board.Look(id); ok && (to.lookID != id || to.lookDone != done) {
		to.lookID, to.lookDone = id, done
		to.event("look", lookEvent{id, done, l.Units, l.Modules, len(l.Hidden) / l.Units, packValues(l.WRec, 0), packValues(l.Hidden, 1), trialOf(l)})
	}
}

// run returns the run as it is now: the trainings under way and the last of the others.
func (s *Server) run() runEvent {
	text, percent := s.source.Status()
	v := runEvent{Title: s.source.Title, Status: text, Percent: percent, Trainings: []trainingLine{}}
	rows := s.source.Board.Rows()
	ended := slices.DeleteFunc(slices.Clone(rows), func(r watch.Row) bool { return r.State == watch.Running })
	v.Left = max(0, len(ended)-mostEnded)
	skip := v.Left
	for _, r := range rows {
		if r.State != watch.Running && skip > 0 {
			skip--
			continue
		}
		h, _ := s.source.Board.History(r.ID, sparkPoints)
		t := trainingLine{Row: r, Spark: h.Loss}
		if r.Scored {
			t.Correct = &r.Overall
		}
		v.Trainings = append(v.Trainings, t)
	}
	return v
}

// eventStream writes server-sent events and leaves out those that say the same again.
type eventStream struct {
	w                http.ResponseWriter
	out              bytes.Buffer
	last             map[string][]byte
	lookID, lookDone int
}

func (s *eventStream) event(name string, of any) {
	data, err := json.Marshal(of)
	if err != nil {
		return // a loss that is no number: the next one may be
	}
	if bytes.Equal(s.last[name], data) {
		return
	}
	s.last[name] = data
	fmt.Fprintf(&s.out, "event: %s\ndata: %s\n\n", name, data)
}

// flush writes the events, or a comment that keeps the connection alive.
func (s *eventStream) flush() error {
	if s.out.Len() == 0 {
		s.out.WriteString(":\n\n")
	}
	_, err := s.w.Write(s.out.Bytes())
	s.out.Reset()
	if err != nil {
		return err
	}
	return http.NewResponseController(s.w).Flush()
}
